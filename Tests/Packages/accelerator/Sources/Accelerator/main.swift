import Accelerators
print("x")
