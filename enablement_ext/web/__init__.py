"""The HTTP base shared by lab and service: authentication, JSON to and from models, the error translator, the contract."""
