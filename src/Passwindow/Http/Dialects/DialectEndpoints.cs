using Microsoft.AspNetCore.Routing;

namespace Passwindow.Http.Dialects;

/// <summary>The standard dialects' own endpoints, each below the path that its clients know (contract, section 6).</summary>
internal static class DialectEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        _ = routes; // each dialect's endpoints are mapped here, a line each
    }
}
