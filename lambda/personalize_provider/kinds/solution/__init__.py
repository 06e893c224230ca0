"""Amazon Personalize solutions as a kind of resource."""
