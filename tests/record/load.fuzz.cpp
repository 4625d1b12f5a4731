// libFuzzer entry of --load: the input is the index of a dump, or one of its arrays if it begins like one.
// cmake --preset sanitize, then
//   mkdir -p corpus && build-sanitize/tests/fuzz_load -max_len=4096 corpus tests/record/fuzz_seeds
#include "record/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "dump_on_disk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const nvfp4bench::test::DumpOnDisk other_index;
  static const nvfp4bench::test::DumpOnDisk other_array;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool array = text.starts_with("\x93NUMPY");
  const auto& dump = array ? other_array : other_index;
  std::ofstream(array ? dump.file("a") : dump.path() / "index.json", std::ios::binary) << text;
  try {
    nvfp4bench::record::load(dump.path());
  } catch (const std::runtime_error& error) {
    if (std::string_view(error.what()).find_first_of("\n\r") != std::string_view::npos) std::abort();
  }
  return 0;
}
