// A problem in a worker: operands that can be read, outputs that can be written, nothing around them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "data/output_image.hpp"
#include "data/shared_memory.hpp"
#include "data/shared_operands.hpp"
#include "place/place.hpp"

namespace nvfp4bench::place {

struct Brought {
  /// `sizes` has no pointers; the files are those of share_operands and of an image's memory.
  Brought(Place& place, const ProblemView& sizes, int operands_file, int outputs_file,
          std::size_t outputs_size);
  Brought(const Brought&) = delete;
  Brought& operator=(const Brought&) = delete;

  /// As MappedOperands::explain, for outputs too.
  std::string_view explain(const void* address, bool write, std::span<char> room) const;

  ProblemView view;
  data::MappedOperands operands;
  data::Mapping outputs_mapping;
  data::OutputImage outputs;
  std::unique_ptr<Stage> stage;
};

}  // namespace nvfp4bench::place
