"""Everything about the people who read: from the prompt to the goodbye.

The package stands alone: it is handed a database session and a way to send mail, and knows nothing
of articles, issues or deliveries.
"""
