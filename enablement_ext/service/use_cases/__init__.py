"""Use cases: plain blocking functions over ports, which return values and know nothing of HTTP (an import contract says so).

They run in worker threads. Whatever changes something appends its event in the same transaction. `review_context` has the ports, the policy and
optimistic locking; `submit` (with `ingest`, `submit_new`, `submit_version`), `claims`, `decide`, `threads` and `withdraw` change submissions; `queries` read
them; `git` is about repositories, `package_requests` about images.
"""
