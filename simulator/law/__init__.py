"""The law as dated data, read by regulator and judge alike.

- `packs`         what is in force when: thresholds, windows, validity; one rule pack a file
- `categories`    the 12 exempt and 3 mandatory categories, and the classes that may never leave
- `materials`     the 17 materials that answer an inspection
- `limits`        how fast a platform must react; the profile's, which a target may only tighten
- `working_days`  the calendar that legal periods are counted on
- `identifiers`   check digits of the identifiers that the regulator reads
"""
