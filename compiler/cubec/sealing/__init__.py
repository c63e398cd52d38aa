"""Logins to ciphertext: pure functions from bytes to text. Randomness and the time come from the command line.

What is encrypted here is pasted into a tenant's file and from then on only copied and checked: a build never encrypts,
since each encryption gives other bytes, and never decrypts, since it has no key.
"""
