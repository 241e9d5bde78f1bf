package io.k8saws.testkit.fault;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * Names Route 53 operations by method and path.
 *
 * <p>Source: the request syntax of each operation in the Amazon Route 53 API reference, version 2013-04-01.
 */
final class Route53Operations {
    private record Route(SdkHttpMethod method, Pattern path, String operation) {}

    private static final List<Route> ROUTES = List.of(
            route(SdkHttpMethod.GET, "hostedzone", "ListHostedZones"),
            route(SdkHttpMethod.POST, "hostedzone", "CreateHostedZone"),
            route(SdkHttpMethod.GET, "hostedzone/*", "GetHostedZone"),
            route(SdkHttpMethod.POST, "hostedzone/*", "UpdateHostedZoneComment"),
            route(SdkHttpMethod.DELETE, "hostedzone/*", "DeleteHostedZone"),
            route(SdkHttpMethod.GET, "hostedzone/*/rrset", "ListResourceRecordSets"),
            route(SdkHttpMethod.POST, "hostedzone/*/rrset", "ChangeResourceRecordSets"),
            route(SdkHttpMethod.POST, "hostedzone/*/associatevpc", "AssociateVPCWithHostedZone"),
            route(SdkHttpMethod.POST, "hostedzone/*/disassociatevpc", "DisassociateVPCFromHostedZone"),
            route(SdkHttpMethod.GET, "hostedzone/*/authorizevpcassociation", "ListVPCAssociationAuthorizations"),
            route(SdkHttpMethod.POST, "hostedzone/*/authorizevpcassociation", "CreateVPCAssociationAuthorization"),
            route(SdkHttpMethod.POST, "hostedzone/*/deauthorizevpcassociation", "DeleteVPCAssociationAuthorization"),
            route(SdkHttpMethod.GET, "hostedzone/*/dnssec", "GetDNSSEC"),
            route(SdkHttpMethod.POST, "hostedzone/*/enable-dnssec", "EnableHostedZoneDNSSEC"),
            route(SdkHttpMethod.POST, "hostedzone/*/disable-dnssec", "DisableHostedZoneDNSSEC"),
            route(SdkHttpMethod.GET, "hostedzonecount", "GetHostedZoneCount"),
            route(SdkHttpMethod.GET, "hostedzonesbyname", "ListHostedZonesByName"),
            route(SdkHttpMethod.GET, "hostedzonesbyvpc", "ListHostedZonesByVPC"),
            route(SdkHttpMethod.GET, "hostedzonelimit/*/*", "GetHostedZoneLimit"),
            route(SdkHttpMethod.GET, "accountlimit/*", "GetAccountLimit"),
            route(SdkHttpMethod.GET, "change/*", "GetChange"),
            route(SdkHttpMethod.GET, "healthcheck", "ListHealthChecks"),
            route(SdkHttpMethod.POST, "healthcheck", "CreateHealthCheck"),
            route(SdkHttpMethod.GET, "healthcheck/*", "GetHealthCheck"),
            route(SdkHttpMethod.POST, "healthcheck/*", "UpdateHealthCheck"),
            route(SdkHttpMethod.DELETE, "healthcheck/*", "DeleteHealthCheck"),
            route(SdkHttpMethod.GET, "healthcheck/*/status", "GetHealthCheckStatus"),
            route(SdkHttpMethod.GET, "healthcheck/*/lastfailurereason", "GetHealthCheckLastFailureReason"),
            route(SdkHttpMethod.GET, "healthcheckcount", "GetHealthCheckCount"),
            route(SdkHttpMethod.GET, "checkeripranges", "GetCheckerIpRanges"),
            route(SdkHttpMethod.GET, "geolocation", "GetGeoLocation"),
            route(SdkHttpMethod.GET, "geolocations", "ListGeoLocations"),
            route(SdkHttpMethod.GET, "testdnsanswer", "TestDNSAnswer"),
            route(SdkHttpMethod.GET, "tags/*/*", "ListTagsForResource"),
            route(SdkHttpMethod.POST, "tags/*/*", "ChangeTagsForResource"),
            route(SdkHttpMethod.POST, "tags/*", "ListTagsForResources"),
            route(SdkHttpMethod.GET, "cidrcollection", "ListCidrCollections"),
            route(SdkHttpMethod.POST, "cidrcollection", "CreateCidrCollection"),
            route(SdkHttpMethod.GET, "cidrcollection/*", "ListCidrLocations"),
            route(SdkHttpMethod.POST, "cidrcollection/*", "ChangeCidrCollection"),
            route(SdkHttpMethod.DELETE, "cidrcollection/*", "DeleteCidrCollection"),
            route(SdkHttpMethod.GET, "cidrcollection/*/cidrblocks", "ListCidrBlocks"),
            route(SdkHttpMethod.GET, "queryloggingconfig", "ListQueryLoggingConfigs"),
            route(SdkHttpMethod.POST, "queryloggingconfig", "CreateQueryLoggingConfig"),
            route(SdkHttpMethod.GET, "queryloggingconfig/*", "GetQueryLoggingConfig"),
            route(SdkHttpMethod.DELETE, "queryloggingconfig/*", "DeleteQueryLoggingConfig"));

    private Route53Operations() {}

    static String of(SdkHttpMethod method, String encodedPath, Map<String, List<String>> query) {
        String path = encodedPath.replaceFirst("^/\\d{4}-\\d{2}-\\d{2}/", "").replaceAll("^/|/$", "");
        for (Route route : ROUTES) {
            if (route.method() == method && route.path().matcher(path).matches()) {
                return route.operation();
            }
        }
        // An operation that is not in the table still gets a name that says what it is.
        return method + " /" + path + (query.isEmpty() ? "" : "?");
    }

    private static Route route(SdkHttpMethod method, String path, String operation) {
        return new Route(method, Pattern.compile(path.replace("*", "[^/]+")), operation);
    }
}
