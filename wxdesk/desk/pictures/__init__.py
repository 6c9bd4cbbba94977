"""Pictures: converting, keeping, fetching, uploading and sending them."""
