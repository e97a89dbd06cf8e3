"""Changes against requests, from many processes at once: nothing old may be answered."""
