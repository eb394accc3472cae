"""The regulator keeps the interface that it publishes, whatever is sent to it."""
