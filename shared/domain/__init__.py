"""The rules of image scanning: pure, without clock, random numbers or input and output."""
