#include "CTickBits.h"

// All of it is inline; a target has a source.
