using MediaRelay.Mixing.Link;
using MediaRelay.Server.CoHosting;

namespace MediaRelay.Server.Tests.Api.CoHosting;

public sealed class MachineReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mediarelay-machine-").FullName;

    private string Proc => Path.Combine(_root, "proc");

    private string Groups => Path.Combine(_root, "cgroup");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void ReadCpu_FourCpusOfWhichThreeAreAllowed_CountsTheirIdleTime()
    {
        Write("proc/self/status", "Name:\tserver\nCpus_allowed:\t7\nCpus_allowed_list:\t0-2\n");
        Write(
            "proc/stat",
            "cpu  4000 10 900 100000 500 0 20 0 0 0\ncpu0 10 0 5 1000 50 0 0 0 0 0\ncpu1 10 0 5 2000 0 0 0 0 0 0\n"
            + "cpu2 10 0 5 4000 0 0 0 0 0 0\ncpu3 10 0 5 8000 0 0 0 0 0 0\nintr 1 2 3\n");
        var reader = new MachineReader(Proc, Groups);
        Assert.Equal([0, 1, 2], reader.UsableCpus());
        var all = reader.ReadCpu(cpus: null)!;
        Assert.Equal((3, TimeSpan.FromSeconds(70.5)), (all.Cores, all.Idle));
        Assert.Empty(all.Quotas);
        Assert.True(CpuSet.TryParse("1,3", out var set));
        var one = reader.ReadCpu(set)!;
        Assert.Equal((1, TimeSpan.FromSeconds(20)), (one.Cores, one.Idle));
    }

    [Fact]
    public void ReadCpu_ControlGroupsWithBounds_GivesEach()
    {
        Write("proc/self/status", "Cpus_allowed_list:\t0\n");
        Write("proc/stat", "cpu0 10 0 5 1000 50 0 0 0 0 0\n");
        Write("proc/self/cgroup", "0::/shop/relay\n");
        Write("cgroup/shop/relay/cpu.max", "max 100000\n");
        Write("cgroup/shop/relay/cpu.stat", "usage_usec 1\n");
        Write("cgroup/shop/cpu.max", "150000 100000\n");
        Write("cgroup/shop/cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
        var quota = Assert.Single(new MachineReader(Proc, Groups).ReadCpu(cpus: null)!.Quotas);
        Assert.Equal((1.5, TimeSpan.FromSeconds(2.5)), (quota.Cores, quota.Used));
    }

    [Fact]
    public void ReadAvailableMemory_GroupHasLess_IsTheGroups()
    {
        Write("proc/meminfo", "MemTotal:       24684092 kB\nMemFree: 1 kB\nMemAvailable:    2000000 kB\n");
        Write("proc/self/cgroup", "0::/\n");
        Assert.Equal(2_048_000_000, new MachineReader(Proc, Groups).ReadAvailableMemory());
        Write("cgroup/memory.max", "1000000\n");
        Write("cgroup/memory.current", "400000\n");
        Assert.Equal(600_000, new MachineReader(Proc, Groups).ReadAvailableMemory());
        Write("cgroup/memory.max", "max\n");
        Assert.Equal(2_048_000_000, new MachineReader(Proc, Groups).ReadAvailableMemory());
    }

    [Fact]
    public void ReadProcess_NameWithBracketsAndSpaces_IsReadBehindIt()
    {
        Write("proc/42/stat", "42 (mix :) 9 (x) S 1 42 42 0 -1 4194304 500 0 0 0 150 50 0 0 25 5 12 0 12345 1000000 300 18446744073709551615 1 1\n");
        var process = new MachineReader(Proc, Groups).ReadProcess(42)!.Value;
        Assert.Equal(TimeSpan.FromSeconds(2), process.Cpu);
        Assert.Equal(300L * Environment.SystemPageSize, process.ResidentBytes);
    }

    [Fact]
    public void Read_NothingThere_IsUnknown()
    {
        var reader = new MachineReader(Proc, Groups);
        Assert.Null(reader.ReadCpu(cpus: null));
        Assert.Null(reader.ReadAvailableMemory());
        Assert.Null(reader.ReadProcess(42));
        Assert.Equal(Environment.ProcessorCount, reader.UsableCpus().Count);
    }

    [Fact]
    public void Read_ThisMachine_TellsOfThisProcess()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var process = MachineReader.OfThisMachine.ReadProcess(Environment.ProcessId)!.Value;
        Assert.InRange(process.ResidentBytes, 1_000_000, long.MaxValue);
        Assert.InRange(process.Cpu, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        Assert.InRange(MachineReader.OfThisMachine.ReadCpu(cpus: null)!.Cores, 1, CpuSet.MaxCpu + 1);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
