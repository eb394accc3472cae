"""The recipient abroad: takes any payload on any path, keeps it byte for byte, and judges
nothing."""
