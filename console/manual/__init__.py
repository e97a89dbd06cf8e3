"""Man pages, made of what commands and topics say of themselves while a wheel is built."""
