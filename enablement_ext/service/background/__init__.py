"""What runs beside the web server: the event stream, the solver for package requests, sweeps, startup and shutdown."""
