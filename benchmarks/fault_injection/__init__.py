"""Good images broken in many ways: does `verify` find out what a service's own tests find out?"""
