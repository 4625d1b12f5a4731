// Bad input from the user.
#pragma once

#include <stdexcept>

namespace nvfp4bench::text {

/// One line that names file, place and what is expected.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace nvfp4bench::text
