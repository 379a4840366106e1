"""Versions are run again in processes of their own, which have no token, no database and no file of the service.

* `process`: one of them as the service sees it; `worker`: what runs in it, `app` its composition root. They speak as the checking processes do.
* `held`: what is to be tried, in the memory of this process and nowhere else.
* `running`: what is run, with which files and in which environment, and what becomes of the answer.
"""
