"""Front ends read a project into a Plan."""
