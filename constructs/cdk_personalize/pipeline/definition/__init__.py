"""The state machines of a pipeline, in the Amazon States Language."""
