"""What people confirmed on the pages of the decision origin: told to them, disputed by them, settled by administrators."""
