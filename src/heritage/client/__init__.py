"""A client for heritage's API: typed, and light enough for a program that has nothing else to do with heritage.

>>> from heritage.client import Client
>>> with Client("https://heritage.example.org", key) as heritage:
...     answer = heritage.match("seized.jpg", category="icon")
...     print(answer.verdict, [hit.record.record_id for hit in answer.hits])
"""

from heritage.client.calling import ProblemError, UnreachableError
from heritage.client.client import Client, OperationFailedError
from heritage.client.criteria import CriteriaAsked, SeenAsked
from heritage.client.reading import Photo

__all__ = ["Client", "CriteriaAsked", "OperationFailedError", "Photo", "ProblemError", "SeenAsked", "UnreachableError"]
