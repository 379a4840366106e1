"""Large notebooks are checked in processes of their own: parsing, rebuilding and searching them would hold this one's interpreter lock.

`pool` has the processes and is what use cases are given; `worker` is what runs in each of them, `wire` how the two speak. See
docs/adr/0033-checking-processes.md.
"""
