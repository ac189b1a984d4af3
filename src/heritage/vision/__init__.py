"""Adapters to the libraries that see: Pillow, OpenCV, OpenCLIP, FAISS."""
