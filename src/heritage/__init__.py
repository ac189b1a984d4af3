"""heritage: is the object in this photograph registered as stolen?"""

__version__ = "0.1.0"
