"""Tables beside the queue's own: access to repositories, people, requests for packages, what checks found."""
