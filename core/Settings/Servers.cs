namespace Bpc.Core.Settings;

/// <summary>The servers whose settings are read; <c>bpc up</c> is both in one process.</summary>
[Flags]
public enum Servers
{
    None = 0,
    Silo = 1,
    Gateway = 2,
    Both = Silo | Gateway,
}
