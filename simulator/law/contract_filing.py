"""The filing of a standard contract: what is handed in, and the working days it may take.

Order 13 art. 7 and the provincial guidance on it.
"""

MATERIALS: dict[str, str] = {
    "standard_contract": "the standard contract (Order 13 art. 7)",
    "pipia_report": "the report of the personal information protection impact assessment"
    " (Order 13 art. 7; PIPL art. 55-56)",
    "uscc_copy": "a copy of the unified social credit code certificate (filing guide)",
    "legal_representative_id": "a copy of the legal representative's identity document"
    " (filing guide)",
    "handler_id": "a copy of the handler's identity document (filing guide)",
    "authorisation_letter": "the authorisation letter of the handler (filing guide)",
    "commitment_letter": "the commitment letter (filing guide)",
}

FILED_WITHIN = 10
"""Working days from the contract's taking effect (art. 7)."""
CHECKED_WITHIN = 15
"""Working days of the provincial check."""
SUPPLEMENTED_WITHIN = 10
"""Working days from the return to the supplement."""
