"""The rooms of ``scripts/train_embedder.py``: photographs, augmentation, batches, losses, trainer, export."""
