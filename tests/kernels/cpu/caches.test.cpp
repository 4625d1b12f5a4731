#include "kernels/cpu/caches.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "catch.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

/// A folder like /sys/devices/system/cpu.
class Described {
 public:
  Described() { std::filesystem::create_directories(folder); }
  ~Described() { std::filesystem::remove_all(folder); }

  void cache(int cpu, int index, int level, const char* type, const char* size, const char* cpus) const {
    const auto of_cache =
        folder / ("cpu" + std::to_string(cpu)) / "cache" / ("index" + std::to_string(index));
    std::filesystem::create_directories(of_cache);
    std::ofstream(of_cache / "level") << level << '\n';
    std::ofstream(of_cache / "type") << type << '\n';
    std::ofstream(of_cache / "size") << size << '\n';
    std::ofstream(of_cache / "shared_cpu_list") << cpus << '\n';
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("nvfp4bench-caches-" + std::to_string(::getpid()));
};

constexpr int64_t kKiB = 1024;

TEST_CASE("sizes of caches are read with their units, and nothing else is taken for one") {
  CHECK(parse_cache_size("32768K") == 32768 * kKiB);
  CHECK(parse_cache_size("32M") == 32768 * kKiB);
  CHECK(parse_cache_size("1G") == kKiB * kKiB * kKiB);
  CHECK(parse_cache_size("512") == 512);
  for (const char* wrong : {"", "K", "12X", "12KB", "-4K", "1.5M"}) CHECK_FALSE(parse_cache_size(wrong));
}

TEST_CASE("caches that CPUs share count once, those of instructions and of other CPUs not at all") {
  const Described machine;
  for (const int cpu : {0, 1, 2, 3}) {
    const char* own[] = {"0", "1", "2", "3"};
    machine.cache(cpu, 0, 1, "Data", "32K", own[cpu]);
    machine.cache(cpu, 1, 1, "Instruction", "64K", own[cpu]);
    machine.cache(cpu, 2, 2, "Unified", "512K", own[cpu]);
    machine.cache(cpu, 3, 3, "Unified", cpu < 2 ? "16384K" : "32M", cpu < 2 ? "0-1" : "2-3");
  }
  const std::vector<Cache> caches = read_caches(machine.folder, std::array{0, 1, 2});
  CHECK(caches.size() == 3 + 3 + 2);
  CHECK(total_bytes(caches) == (3 * 32 + 3 * 512 + 16384 + 32768) * kKiB);

  const std::vector<Cache> of_one = caches_of_threads(caches, 1);
  REQUIRE(of_one.size() == 3);
  CHECK(of_one[0].level == 1);
  CHECK(of_one[0].bytes == 32 * kKiB);
  CHECK(of_one[2].bytes == 32768 * kKiB);  // the largest that it may sit at
  CHECK(caches_of_threads(caches, 2)[1].bytes == 2 * 512 * kKiB);
  CHECK(caches_of_threads(caches, 100)[2].bytes == (16384 + 32768) * kKiB);
}

TEST_CASE("what describes no cache is none") {
  const Described machine;
  machine.cache(0, 0, 1, "Data", "many", "0");
  machine.cache(0, 1, 0, "Data", "32K", "0");
  CHECK(read_caches(machine.folder, std::array{0, 7}).empty());
}

TEST_CASE("this machine has caches, whatever it says of them") {
  const std::vector<Cache> caches = caches_here(1);
  CHECK(total_bytes(caches) >= 64 * kKiB);
  CHECK(total_bytes(caches) < int64_t{1} << 36);
}

}  // namespace
}  // namespace nvfp4bench::kernels::cpu
