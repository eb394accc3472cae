"""How an examination is described, checked, played and told."""
