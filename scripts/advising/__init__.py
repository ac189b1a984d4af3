"""Parts of ``fit_advice.py``."""
