"""The command line and the chat window: the only place where the parts are put together."""
