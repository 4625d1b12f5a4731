#include "data/shared_operands.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "data/aligned_buffer.hpp"
#include "data/operand_arrays.hpp"

namespace nvfp4bench::data {
namespace {

/// A mapping for each and one for the space after it; a process may have 65530 by default.
constexpr std::size_t kMostGuarded = 8192;

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

/// Where arrays lie, the same in every process.
struct Layout {
  std::vector<std::size_t> begins;
  bool guarded;
  std::size_t bytes = 0;

  explicit Layout(const std::vector<OperandArray>& arrays) : guarded(arrays.size() <= kMostGuarded) {
    for (const OperandArray& array : arrays) {
      const std::size_t aligned = round_up(static_cast<std::size_t>(array.bytes), AlignedBuffer::kAlignment);
      if (guarded) bytes = round_up(bytes + aligned, page_bytes()) - aligned;
      begins.push_back(bytes);
      bytes += aligned;
      if (guarded) bytes += kGuardSpaceBytes;
    }
  }
};

}  // namespace

SharedOperands share_operands(const ProblemView& problem) {
  SharedOperands shared{{}, problem};
  const std::vector<OperandArray> arrays = operand_arrays(shared.view);
  const Layout layout(arrays);
  shared.memory = SharedMemory(layout.bytes, Access::read);
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    uint8_t* const to = shared.memory.data() + layout.begins[i];
    if (arrays[i].bytes > 0) std::memcpy(to, arrays[i].pointer, static_cast<std::size_t>(arrays[i].bytes));
    arrays[i].pointer = to;
  }
  return shared;
}

MappedOperands::MappedOperands(int file, ProblemView& view) {
  const std::vector<OperandArray> arrays = operand_arrays(view);
  const Layout layout(arrays);
  mapping_ = map_guarded(file, layout.bytes, Access::read);
  uint8_t* const base = mapping_.data() + kGuardSpaceBytes;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    uint8_t* const begin = base + layout.begins[i];
    uint8_t* const end = begin + arrays[i].bytes;
    arrays[i].pointer = begin;
    arrays_.push_back({begin, end, arrays[i].group, arrays[i].what});
    if (layout.guarded) forbid(base + round_up(end - base, page_bytes()), kGuardSpaceBytes);
  }
}

std::string_view MappedOperands::explain(const void* address, bool write, std::span<char> room) const {
  const auto* const at = static_cast<const uint8_t*>(address);
  if (arrays_.empty() || at < mapping_.data() || at >= mapping_.data() + mapping_.size()) return "";
  const char* const did = write ? "wrote" : "read";
  const auto say = [&](std::string_view text, std::ptrdiff_t distance, const Array& array) {
    const auto end = fmt::format_to_n(room.data(), room.size(), fmt::runtime(text), did, distance, array.what,
                                      array.group);
    return std::string_view(room.data(), std::min(end.size, room.size()));
  };

  const auto after =
      std::upper_bound(arrays_.begin(), arrays_.end(), at,
                       [](const uint8_t* sought, const Array& array) { return sought < array.begin; });
  const Array* const next = after == arrays_.end() ? nullptr : &*after;
  const Array* const last = after == arrays_.begin() ? nullptr : &*std::prev(after);
  if (last && at < last->end) return say("{0} to its operands: {2} of group {3}", 0, *last);
  if (!last || (next && next->begin - at < at - last->end))
    return say("{} {} bytes before the start of {} of group {}", next->begin - at, *next);
  return say("{} {} bytes past the end of {} of group {}", at - last->end + 1, *last);
}

}  // namespace nvfp4bench::data
