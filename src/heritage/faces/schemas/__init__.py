"""What every face answers in JSON: ``heritage match --json`` and ``POST /v1/match`` give the same `MatchResponse`.

Each model is made from one domain noun by its ``of``; nothing but these models leaves the API.
"""
