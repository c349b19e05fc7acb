"""What firmware under TensorFlow Lite for Microcontrollers needs."""
