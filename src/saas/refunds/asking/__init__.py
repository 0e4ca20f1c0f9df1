"""The client asks: by link or through us, what is missing, what is said."""
