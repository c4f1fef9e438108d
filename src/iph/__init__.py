"""Clinical studies of iliopsoas hematoma compressing the femoral nerve."""
