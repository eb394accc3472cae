"""The certification of exports: how long it holds, and the time limits of this profile.

Order 20 lets a certificate hold three years, and has its use suspended and then revoked where the
export does not match the scope. How long a body waits for a rectification no text that was read
says; those days are this profile's own.
"""

VALID_YEARS = 3
RECTIFIED_WITHIN_DAYS = 30
"""Calendar days from a non-conformity, or from a suspension, to its rectification."""
