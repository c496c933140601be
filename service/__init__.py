"""The relay between a company's own events and the French State's invoice and tender APIs."""
