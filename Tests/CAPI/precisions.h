/*
 * Includes CASES, a header of tests, once for each precision: REAL is its type, NAME(x) is x_f32 or x_f64, and TOLERANCE is
 * what rounding may make of numbers near 1.
 */
#define REAL float
#define NAME(name) name##_f32
#define TOLERANCE 1e-5
#include CASES
#undef REAL
#undef NAME
#undef TOLERANCE

#define REAL double
#define NAME(name) name##_f64
#define TOLERANCE 1e-12
#include CASES
#undef REAL
#undef NAME
#undef TOLERANCE
