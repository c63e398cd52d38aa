"""Who may do what, asked of the API server itself: thousands of reviews, and the requests of the Arena command line."""
