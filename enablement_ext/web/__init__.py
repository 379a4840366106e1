"""The HTTP base shared by lab and service; nothing here serves anything by itself.

`messages` are requests and responses as values, `routes` the route table, `auth` sessions and scopes, `validation` what clients send, `serializers` models
as JSON, `problem` the error translator, `headers` and `redirect` browser security, `logs` redacted JSON lines. `openapi.yaml` is the contract.
"""
