"""Trials: runs that an author asks for before sending, of exactly what would be sent.

* `asking`: a person asks, looks and cancels. `ports`: where what is to be tried is kept meanwhile.
* `working`: what becomes of a trial while it waits and runs, and its verdict where the same content is sent.
"""
