"""The journal is whole, says when it is not, and survives being killed."""
