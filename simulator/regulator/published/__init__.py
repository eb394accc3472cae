"""The interface as it is published for machines, made from the operations and the messages alone.

openapi     requests and answers, and what a callback gets: OpenAPI 3.1
asyncapi    feed and notices as events: AsyncAPI 3.0
headers     every header that requests and answers know, described once
problems    what a refusal looks like, code by code
webhooks    what the regulator sends to a callback
schemas     the messages, and a schema for each type of notice
"""
