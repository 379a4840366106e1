"""`enablement backup`: everything the service keeps as one folder, whether such a folder is whole, and the way back."""
