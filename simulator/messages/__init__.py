"""What travels on the wire, one file a message. Pydantic stops here.

Every message refuses unknown fields and is frozen. Money is an integer of minor units with its
currency beside it; times are RFC 3339 with an offset.
"""
