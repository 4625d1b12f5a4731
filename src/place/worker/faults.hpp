// What a worker says of a signal that ends it.
#pragma once

#include <span>

#include "place/worker/brought.hpp"

namespace nvfp4bench::place {

/// From now on, a signal that means a fault leaves a line of text in `last_words`, and then does what it would
/// have done. What a kernel makes of the signal itself comes first.
void leave_last_words(std::span<char> last_words);

/// Addresses are explained by what is in `brought`, which lives until the next call; null: by nothing.
void explain_faults_by(const Brought* brought);

}  // namespace nvfp4bench::place
