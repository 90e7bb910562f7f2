#include "CTestPlugins.h"
